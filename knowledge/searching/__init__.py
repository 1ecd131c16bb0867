"""The help centre's search: articles and service messages, behind `find`.

`words` makes terms of texts and questions, `questions` adds what else may stand for a word, `correcting` mends typing
errors, `engines` asks the database, `scoring` and `snippets` choose and cut, `finding` does it all in turn.
"""

from knowledge.searching.finding import find
from knowledge.searching.found import ALL, Found, Hit, Kind

__all__ = ["ALL", "Found", "Hit", "Kind", "find"]
