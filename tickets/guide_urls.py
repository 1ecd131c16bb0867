"""Settings of the guide "Where to turn"."""

from django.urls import path

from tickets.views import guide_settings as guide

urlpatterns = [
    path("settings/guide/", guide.guide_settings, name="guide_settings"),
    path("settings/guide/beginning/", guide.guide_beginning, name="guide_beginning"),
    path("settings/guide/preview/", guide.guide_preview, name="guide_preview"),
    path("settings/guide/questions/new/", guide.guide_question_new, name="guide_question_new"),
    path("settings/guide/questions/<int:pk>/", guide.guide_question, name="guide_question"),
    path("settings/guide/questions/<int:pk>/start/", guide.guide_question_start, name="guide_question_start"),
    path("settings/guide/questions/<int:pk>/removal/", guide.guide_question_removal, name="guide_question_removal"),
    path("settings/guide/questions/<int:pk>/answers/new/", guide.guide_answer_new, name="guide_answer_new"),
    path("settings/guide/answers/<int:pk>/", guide.guide_answer, name="guide_answer"),
    path("settings/guide/answers/<int:pk>/move/", guide.guide_answer_move, name="guide_answer_move"),
    path("settings/guide/answers/<int:pk>/removal/", guide.guide_answer_removal, name="guide_answer_removal"),
]
