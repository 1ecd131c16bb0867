from django.urls import path

from tickets.views import topic_settings

urlpatterns = [
    path("settings/topics/", topic_settings.topics_settings, name="topics_settings"),
    path("settings/topics/new/", topic_settings.topic_new, name="topic_new"),
    path("settings/topics/<int:pk>/", topic_settings.topic, name="topic"),
    path("settings/topics/<int:pk>/move/", topic_settings.topic_move, name="topic_move"),
    path("settings/topics/<int:pk>/retirement/", topic_settings.topic_retirement, name="topic_retirement"),
    path("settings/topics/<int:pk>/return/", topic_settings.topic_return, name="topic_return"),
]
