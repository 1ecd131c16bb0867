from django.urls import include, path

from knowledge.views import reading

urlpatterns = [
    path("", include("knowledge.booking_urls")),
    path("", include("knowledge.service_urls")),
    path("help/", reading.help_centre, name="help"),
    path("help/<slug:slug>/", reading.article, name="help_article"),
    path("help/<slug:slug>/files/<int:pk>/", reading.article_file, name="help_file"),
]
