"""What a reader of a benchmark's table should know, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from minions_core.bench.intervals import Comparison
from minions_core.bench.players import Name
from minions_core.bench.summary import REMOTE, Summary

TITLES: Mapping[Name, str] = {
    "remote": "remote-only",
    "local": "local-only",
    "bm25": "BM25 to remote",
    "minion": "Minion",
    "minions": "MinionS",
}
"""What contenders are called in reports."""

OFFLINE = "offline"
STAND_INS = (
    "The offline models are not language models: they compare words and quote. Their scores say "
    "nothing about what language models would answer; tokens, money and what the search finds do."
)
_CERTAIN_ENOUGH = 0.05


def of_contender(summary: Summary) -> Iterator[str]:
    """What is to be known of one contender."""
    title = TITLES[summary.contender]
    if summary.too_long:
        yield f"{title}: on {summary.too_long} the documents do not fit the model."
    if summary.failed:
        yield f"{title}: {summary.failed} failed; run the command again to try them again."
    if summary.cut:
        yield (
            f"{title}: on {summary.cut} the reply was cut where its room ended; what is scored may "
            "not be all of the answer."
        )
    if summary.comparison:
        yield f"{title} against remote-only: {_compared(summary.comparison)}."


def of_all(
    summaries: Sequence[Summary], quality: str, common: int, unpriced: str | None
) -> Iterator[str]:
    """What is to be known of all of them.

    Args:
        summaries: of each contender.
        quality: the score by which contenders are compared.
        common: on how many questions all were scored that were scored at all.
        unpriced: the remote model, if its price is not known.
    """
    scored = {mean.of for summary in summaries if (mean := summary.measures[quality])}
    if scored - {common}:
        yield (
            "Not all are scored on the same questions, so their rows cannot be compared as they "
            f"are. The chart is drawn on those on which all are who are scored at all: {common}."
        )
    estimated = [TITLES[one.contender] for one in summaries if one.is_against_estimate]
    if estimated and REMOTE not in {summary.contender for summary in summaries}:
        yield "Remote-only was not asked: what it would cost is estimated."
    elif estimated:
        yield (
            f"{', '.join(estimated)}: remote-only answered none of these questions; what it would "
            "cost is estimated."
        )
    if unpriced and any(summary.dollars is None for summary in summaries):
        yield f"The price of {unpriced} is not known: name another with --price-as."
    if any(summary.estimated for summary in summaries):
        yield "Some token counts are estimates: not every server reports its own."


def _compared(comparison: Comparison) -> str:
    better, worse, same = comparison.better, comparison.worse, comparison.same
    if not better + worse:
        return f"alike on all questions ({same})"
    counts = f"better on {better}, worse on {worse}, alike on {same}"
    doubt = "" if comparison.chance < _CERTAIN_ENOUGH else ": no difference shown"
    return f"{counts} (sign test p = {comparison.chance:.2g}){doubt}"
