"""Where one reader turns with an answer of the guide "Where to turn" (M1, S2, S3, S7, S8): what the portal's
administrators set, as far as it is meant for this reader; and who helps them where it is not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from accounts.enums import AskingChannel
from accounts.folding import fold_address
from accounts.models import User
from accounts.queries.advice import Advice, Situation, advice_for
from accounts.queries.entitlement import Helper, obstacle_for, provider_contacts_by_kind
from accounts.queries.telephones import Telephone, may_call, telephone
from accounts.scoping import current_tenant
from knowledge.enums import GuideEnd
from knowledge.models import Article, GuideAnswer
from knowledge.queries.readable import articles_for
from tickets.models import GuideTopic, HelpTopic
from tickets.own_addresses import own_addresses, retired_addresses
from tickets.queries import open_topics


class Hindrance(StrEnum):
    """Why a reader does not get what an answer ends in."""

    SIGN_IN = "sign_in"  # nothing can be said before it is known who they are
    NOT_ENTITLED = "not_entitled"  # they may not ask us this way; `advice` says why, and whom they ask
    NOT_FOR_THEM = "not_for_them"  # the form or article is not offered to them
    NO_PHONE = "no_phone"  # there is none, or their agreement leaves it out
    NO_MAIL = "no_mail"  # the address takes no tickets any more (I14)
    NOBODY = "nobody"  # nobody is named for their organisation


@dataclass(frozen=True)
class Turn:
    """Where somebody turns: what belongs to the `end`, or the `hindrance`. `helpers`: people, also those to ask where
    they may not ask themselves."""

    end: GuideEnd
    words: str = ""
    topic: HelpTopic | None = None
    article: Article | None = None
    phone: Telephone | None = None
    mail_address: str = ""
    helpers: tuple[Helper, ...] = ()
    advice: Advice | None = None
    hindrance: Hindrance | None = None


class Turning:
    """Asks each thing once for all answers of a page, and only what these need. `reader` None: not signed in."""

    def __init__(self, reader: User | None, answers: Iterable[GuideAnswer]) -> None:
        self.reader = reader
        self._answers = list(answers)
        self._advice: dict[AskingChannel, Advice] = {}

    def of(self, answer: GuideAnswer) -> Turn:
        """Where the reader turns with one of the answers, which ends somewhere."""
        end = GuideEnd(answer.end)
        turn: Turn = getattr(self, f"_to_{end.value}")(answer)
        # What is written there belongs to what is there, and may name the number (S2); of people it says who they are.
        tells = turn.hindrance is None or end in (GuideEnd.OWN_ADMINISTRATORS, GuideEnd.PROVIDER_CONTACT)
        return replace(turn, words=answer.words) if tells else turn

    def _to_form(self, answer: GuideAnswer) -> Turn:
        if self.reader is None and not current_tenant().guests_file:
            return Turn(GuideEnd.FORM, hindrance=Hindrance.SIGN_IN)
        refusal = self._refusal(AskingChannel.WEB)
        if refusal is not None:
            return _not_entitled(GuideEnd.FORM, refusal)
        topic = self._topics.get(answer.pk)
        return Turn(GuideEnd.FORM, topic=topic, hindrance=None if topic else self._not_theirs)

    def _to_article(self, answer: GuideAnswer) -> Turn:
        article = self._articles.get(answer.article_id)
        return Turn(GuideEnd.ARTICLE, article=article, hindrance=None if article else self._not_theirs)

    def _to_phone(self, answer: GuideAnswer) -> Turn:
        refusal = self._refusal(AskingChannel.PHONE)
        if refusal is not None and refusal.situation != Situation.CHANNEL_CLOSED:  # else they may ask in writing
            return _not_entitled(GuideEnd.PHONE, refusal)
        phone = telephone(answer.phone) if self._may_call else None
        if phone is None and self.reader is None and not current_tenant().guests_file:
            return Turn(GuideEnd.PHONE, hindrance=Hindrance.SIGN_IN)
        return Turn(GuideEnd.PHONE, phone=phone, hindrance=None if phone else Hindrance.NO_PHONE)

    def _to_mail(self, answer: GuideAnswer) -> Turn:
        address = answer.mail_address or current_tenant().mail_address
        key = fold_address(address)
        refusal = self._refusal(AskingChannel.MAIL) if key in self._own_addresses else None
        if refusal is not None:
            return _not_entitled(GuideEnd.MAIL, refusal)
        if key in self._retired_addresses:
            return Turn(GuideEnd.MAIL, hindrance=Hindrance.NO_MAIL)
        return Turn(GuideEnd.MAIL, mail_address=address)

    def _to_own_administrators(self, answer: GuideAnswer) -> Turn:
        if self.reader is None:
            return Turn(GuideEnd.OWN_ADMINISTRATORS, hindrance=Hindrance.SIGN_IN)
        advice = self._advice_about(self.reader, AskingChannel.WEB)
        hindrance = None if advice.administrators else Hindrance.NOBODY
        helpers = tuple(advice.administrators)
        return Turn(GuideEnd.OWN_ADMINISTRATORS, helpers=helpers, advice=advice, hindrance=hindrance)

    def _to_provider_contact(self, answer: GuideAnswer) -> Turn:
        if self.reader is None:
            return Turn(GuideEnd.PROVIDER_CONTACT, hindrance=Hindrance.SIGN_IN)
        here = self._contacts
        kind = next((kind for kind in answer.contact_kinds or here if kind in here), None)
        helpers, hindrance = ((here[kind],), None) if kind else ((), Hindrance.NOBODY)
        return Turn(GuideEnd.PROVIDER_CONTACT, helpers=helpers, hindrance=hindrance)

    def _to_advice(self, answer: GuideAnswer) -> Turn:
        return Turn(GuideEnd.ADVICE)

    def _refusal(self, channel: AskingChannel) -> Advice | None:
        """Why the reader may not ask this way, and whom they ask instead; None where they may."""
        if self.reader is None or obstacle_for(self.reader, channel) is None:
            return None
        return self._advice_about(self.reader, channel)

    def _advice_about(self, reader: User, channel: AskingChannel) -> Advice:
        if channel not in self._advice:
            self._advice[channel] = advice_for(reader, channel)
        return self._advice[channel]

    @property
    def _not_theirs(self) -> Hindrance:
        return Hindrance.SIGN_IN if self.reader is None else Hindrance.NOT_FOR_THEM

    @cached_property
    def _may_call(self) -> bool:
        return may_call(self.reader)

    @cached_property
    def _topics(self) -> dict[int, HelpTopic]:
        """The form each answer ends in, of those the reader can file under; by the answer's id."""
        rows = GuideTopic.objects.filter(answer__in=[answer.pk for answer in self._answers])
        chosen = dict(rows.values_list("answer", "topic"))
        offered = open_topics(self.reader).in_bulk(set(chosen.values()))
        return {answer: offered[topic] for answer, topic in chosen.items() if topic in offered}

    @cached_property
    def _articles(self) -> dict[int | None, Article]:
        wanted = {answer.article_id for answer in self._answers} - {None}
        return dict(articles_for(self.reader).in_bulk(wanted)) if wanted else {}

    @cached_property
    def _own_addresses(self) -> set[str]:
        return own_addresses()

    @cached_property
    def _retired_addresses(self) -> set[str]:
        return retired_addresses()

    @cached_property
    def _contacts(self) -> dict[str, Helper]:
        organisation = self.reader.organisation if self.reader is not None else None
        return provider_contacts_by_kind(organisation) if organisation is not None else {}


def _not_entitled(end: GuideEnd, advice: Advice) -> Turn:
    return Turn(end, helpers=tuple(advice.administrators), advice=advice, hindrance=Hindrance.NOT_ENTITLED)
