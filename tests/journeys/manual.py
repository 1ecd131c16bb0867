"""The manuals' sentences beside the steps that prove them."""


def manual(row: str, sense: str) -> None:
    """The steps that follow prove this sentence of the portal's manual; `row` is its requirement."""
    print(f"{row}: {sense}")  # noqa: T201 - pytest shows the last ones with a failure, and so names what broke
