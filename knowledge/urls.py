from django.urls import include, path

from knowledge.views import reading, searches, voting

urlpatterns = [
    path("", include("knowledge.booking_urls")),
    path("", include("knowledge.service_urls")),
    path("desk/help/searches/", searches.searches, name="searches"),
    path("desk/help/searches/export/", searches.searches_export, name="searches_export"),
    path("help/", reading.help_centre, name="help"),
    path("help/<slug:slug>/", reading.article, name="help_article"),
    path("help/<slug:slug>/vote/", voting.article_vote, name="help_vote"),
    path("help/<slug:slug>/files/<int:pk>/", reading.article_file, name="help_file"),
]
