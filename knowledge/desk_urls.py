"""How staff write articles."""

from django.urls import path

from knowledge.views import article_versions, articles, reviewing, sections

urlpatterns = [
    path("desk/help/", articles.articles, name="desk_articles"),
    path("desk/help/new/", articles.article_new, name="desk_article_new"),
    path("desk/help/reviews/", reviewing.reviews, name="desk_reviews"),
    path("desk/help/sections/", sections.sections, name="desk_sections"),
    path("desk/help/sections/<int:pk>/", sections.section, name="desk_section"),
    path("desk/help/<int:pk>/", articles.article, name="desk_article"),
    path("desk/help/<int:pk>/place/", articles.article_place, name="desk_article_place"),
    path("desk/help/<int:pk>/state/", articles.article_state, name="desk_article_state"),
    path("desk/help/<int:pk>/holding/", reviewing.article_holding, name="desk_article_holding"),
    path("desk/help/<int:pk>/comments/", reviewing.article_comments, name="desk_article_comments"),
    path("desk/help/<int:pk>/comments/<int:row>/", reviewing.article_comment, name="desk_article_comment"),
    path("desk/help/<int:pk>/versions/", article_versions.article_versions, name="desk_article_versions"),
    path(
        "desk/help/<int:pk>/versions/<int:number>/restoring/",
        article_versions.article_restoring,
        name="desk_article_restoring",
    ),
    path("desk/help/<int:pk>/files/<int:row>/", article_versions.article_file, name="desk_article_file"),
]
