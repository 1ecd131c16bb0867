"""Pictures and files of articles: kept with their article, and reached only through it."""

from collections.abc import Iterable
from functools import partial

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from accounts.pictures import picture_type
from accounts.rules import require_staff
from accounts.uploading import safe_file_name
from knowledge.markdown import files_named
from knowledge.models import Article, ArticleFile
from knowledge.queries.articles import newest_version

FILES_LIMIT = 200  # of one article


class TooManyFiles(ValueError):
    """The article has as many files as one can have."""


class FileInUse(ValueError):
    """The article's words, as readers get them or as its draft has them, show the file."""


def add_files(*, actor: User | None, article: Article, files: Iterable[File]) -> list[ArticleFile]:
    """Keep files with an article. The caller has judged them (`accounts.uploading.refusal_of`); what is a picture is
    decided here, by its first bytes. Raises TooManyFiles, PermissionError unless the actor works here."""
    require_staff(actor)
    kept = []
    with transaction.atomic():
        locked: Article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        number = locked.files.count()
        for file in files:
            number += 1
            if number > FILES_LIMIT:
                raise TooManyFiles
            head = file.read(16)
            file.seek(0)
            kept.append(
                ArticleFile.objects.create(
                    article=locked,
                    name=safe_file_name(file.name or ""),
                    content_type=picture_type(head) or "",
                    size=file.size or 0,
                    file=file,
                )
            )
    return kept


def remove_file(*, actor: User | None, file: ArticleFile) -> None:
    """Delete a file of an article: its row now, its bytes once that is committed. Older versions that showed it show
    its words instead. Nothing happens when it is gone already.

    Raises FileInUse, PermissionError unless the actor works here.
    """
    require_staff(actor)
    with transaction.atomic():
        article: Article = Article.objects.select_for_update(of=("self",)).get(pk=file.article_id)
        found = article.files.filter(pk=file.pk).first()
        if found is None:
            return
        current = [newest_version(article), *([article.published] if article.published else [])]
        if any(found.pk in files_named(f"{words.body_sv}\n{words.body_en}") for words in current):
            raise FileInUse
        storage, name = found.file.storage, str(found.file.name)
        found.delete()
        transaction.on_commit(partial(storage.delete, name))
