from django import template

from accounts.events_in_words import account_sentence
from accounts.models import AccountEvent

register = template.Library()


@register.filter
def account_line(event: AccountEvent) -> str:
    return account_sentence(event)
