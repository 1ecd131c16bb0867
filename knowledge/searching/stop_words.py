"""Words that stand in any question and say nothing about what it is about, in both languages, folded."""

_SWEDISH = """
    och att det i en jag hon som han pa den med var sig for sa till ar men ett om hade de av icke mig du henne da sin nu
    har inte hans honom skulle hennes dar min man ej vid kunde nagot fran ut nar efter upp vi dem vara vad over an dig
    kan sina har ha mot alla under nagon eller allt mycket sedan ju denna sjalv detta at utan varit hur ingen mitt ni
    bli blev oss din dessa nagra deras blir mina samma vilken er sadan var blivit dess inom mellan sadant varfor varje
    vilka ditt vem vilket sitta sadana vart dina vars vart vara ert era vilkas ska vill maste fa far fick gora gor gar
    ga gick finns nagonstans hos in man ens bara ocksa kanske behover lite nagonting vem hej tack
"""
_ENGLISH = """
    i me my myself we our ours ourselves you your yours yourself he him his she her hers it its itself they them their
    theirs what which who whom this that these those am is are was were be been being have has had having do does did
    doing a an the and but if or because as until while of at by for with about between into through during to from in
    out on over under again then once here there when where why how all any both each few more most other some such no
    nor not only own same so than too very s t can cant will just dont should now im ive id isnt doesnt didnt wont
    wasnt could would get got want need may might must shall please hello hi thanks anything something
"""
STOP_WORDS = frozenset(f"{_SWEDISH} {_ENGLISH}".split())
