"""The guide "Where to turn" as it is read: small, and so taken whole, in two queries, or three with its examples."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from knowledge.models import GuideAnswer, GuideQuestion

Way = tuple[GuideAnswer, ...]


class Guide:
    """The questions and answers of the portal. `first` is None where there is no guide."""

    def __init__(self, *, with_examples: bool = False) -> None:
        rows = GuideQuestion.objects.all()
        self.questions: dict[int, GuideQuestion] = {row.pk: row for row in rows}
        self.first = next((row for row in self.questions.values() if row.is_first), None)
        self.answers: dict[int, GuideAnswer] = {}
        self._of: dict[int, list[GuideAnswer]] = {}
        for answer in GuideAnswer.objects.prefetch_related(*(["examples"] if with_examples else [])):
            answer.question = self.questions[answer.question_id]
            answer.leads_to = self.questions.get(answer.leads_to_id)
            self.answers[answer.pk] = answer
            self._of.setdefault(answer.question_id, []).append(answer)

    def answers_of(self, question: GuideQuestion) -> list[GuideAnswer]:
        return self._of.get(question.pk, [])

    @cached_property
    def ways(self) -> dict[int, Way]:
        """What is answered, from the first question on, until each answer is given: by the answer's id, with that one
        last. The shortest way where there are several; answers that nobody comes to are missing."""
        found: dict[int, Way] = {}
        begun = {self.first.pk} if self.first else set()
        coming: list[tuple[GuideQuestion, Way]] = [(self.first, ())] if self.first else []
        for question, way in coming:
            for answer in self.answers_of(question):
                found[answer.pk] = (*way, answer)
                if answer.leads_to is not None and answer.leads_to.pk not in begun:
                    begun.add(answer.leads_to.pk)
                    coming.append((answer.leads_to, found[answer.pk]))
        return found

    @cached_property
    def reached(self) -> set[int]:
        """The ids of the questions that people come to."""
        first = {self.first.pk} if self.first else set()
        return first | {way[-1].leads_to.pk for way in self.ways.values() if way[-1].leads_to is not None}

    def way_to(self, answer: GuideAnswer, before: Iterable[int] = ()) -> Way:
        """How somebody came to an answer: over `before`, the ids of what they answered, where that is a way there is;
        else the shortest. Empty for an answer that nobody comes to."""
        steps = [self.answers.get(pk) for pk in before]
        way = (*(step for step in steps if step is not None), answer)
        starts = [self.first, *(step.leads_to for step in way[:-1])]
        is_way = all(start == step.question for start, step in zip(starts, way, strict=True))
        return way if len(way) == len(steps) + 1 and is_way else self.ways.get(answer.pk, ())

    def ends(self) -> Iterator[tuple[Way, GuideAnswer]]:
        """The answers that end somewhere, as they stand in the guide, each with the way to it."""
        if self.first is not None:
            yield from self._ends(self.first, (), {self.first.pk})

    def _ends(self, question: GuideQuestion, way: Way, seen: set[int]) -> Iterator[tuple[Way, GuideAnswer]]:
        for answer in self.answers_of(question):
            if answer.leads_to is None:
                yield way, answer
            elif answer.leads_to.pk not in seen:
                seen.add(answer.leads_to.pk)
                yield from self._ends(answer.leads_to, (*way, answer), seen)
