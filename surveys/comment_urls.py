"""Where what people wrote is read, coded and sent to the services."""

from __future__ import annotations

from django.urls import path

from surveys.views import coding, comments

HERE = "staff/surveys/<slug:code>/comments"

urlpatterns = [
    path(f"{HERE}/", comments.comments, name="comments"),
    path(f"{HERE}/by-area/", comments.read, name="comments_by_area"),
    path(f"{HERE}/files/<slug:form>/", comments.file, name="comments_file"),
    path(f"{HERE}/undo/", coding.undo_steps, name="comments_undo"),
    path(f"{HERE}/one/<uuid:comment>/", coding.comment, name="comment"),
    path(f"{HERE}/one/<uuid:comment>/<slug:step>/", coding.step, name="comment_step"),
]
