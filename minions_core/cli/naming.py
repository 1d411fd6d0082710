"""Models as the command line names them: told apart, looked for, and made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minions_core.cli.telling import WrongUsage
from minions_core.clients.specs import key_of_server, missing_extra, model_from_spec
from minions_core.errors import MinionsError, MissingExtra, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minions_core.messages import Role
    from minions_core.models import Model


def check_models(specs: Mapping[str, str]) -> None:
    """Check that specs name models, and that the packages these need are installed.

    Args:
        specs: by the option each was given with.

    Raises:
        WrongUsage: one names none.
        MinionsError: packages are missing; tells of all of them at once.
    """
    missing = {_missing(spec, option): None for option, spec in specs.items()}
    extras = [extra for extra in missing if extra]
    if len(extras) == 1:
        raise MissingExtra(extras[0], extras[0])
    if extras:
        install = f"pip install 'minions-integrations[{','.join(extras)}]'"
        raise MinionsError(f"{' and '.join(extras)} are not installed: {install}")


def named_model(spec: str, role: Role) -> Model:
    """The model a spec names, with the key that the environment holds for its server.

    Raises:
        WrongUsage: the spec names none.
        MinionsError: its package or its key is missing.
    """
    try:
        return model_from_spec(spec, role, api_key=key_of_server(spec, role))
    except UsageError as error:
        raise WrongUsage(f"--{role}: {error}") from error


def _missing(spec: str, option: str) -> str | None:
    try:
        return missing_extra(spec)
    except UsageError as error:
        raise WrongUsage(f"{option}: {error}") from error
