"""Which till this machine is: a secret of the machine whose SHA-256 stands at the till, so that a PIN works nowhere else."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.core.secrets import SecretStore
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import TILLS, record
from shopdesk.system.settings import shop_settings
from shopdesk.system.tokens import DEVICE, new_token, token_hash


class PinNotHere(ShopError):
    """A PIN was tried on a machine that is not enrolled as the till."""

    code = "pin_not_here"
    sentence = N_("A PIN works only at a till that was enrolled on this machine. Sign in with your password.")


@dataclass(frozen=True, slots=True)
class ThisTill:
    """The till that this machine is enrolled as; ``device`` is its secret."""

    till_id: int
    code: str
    device: str


@dataclass(frozen=True, slots=True)
class EnrolTill:
    """Make a machine the till; the machine enrolled before is no longer it. None ends the enrolment."""

    till_id: int
    device_hash: str | None


def enrol_till(uow: UnitOfWork, command: EnrolTill) -> str:
    """Write which machine is the till; returns the till's code."""
    uow.require(Permission.TILL_EDIT)
    code = uow.connection.execute(
        sa.update(TILLS)
        .where(TILLS.c.id == command.till_id, TILLS.c.is_active)
        .values(device_hash=command.device_hash)
        .returning(TILLS.c.code)
    ).scalar()
    if code is None:
        raise NotFound(_("Till"), command.till_id)
    action = "till.enrolment_ended" if command.device_hash is None else "till.enrolled"
    record(uow, action, target_type="till", target_id=code)
    uow.changed("Till")
    return str(code)


def enrol_this_till(shop: Shop, secrets: SecretStore, till_id: int, actor: Actor) -> ThisTill:
    """Make this machine a till: its secret goes into the keyring, the secret's hash to the till."""
    device = new_token(DEVICE)
    code = shop.execute(enrol_till, EnrolTill(till_id, token_hash(device)), actor)
    secrets.put(shop.ask(kept_under, "till", shop), json.dumps({"till": till_id, "device": device}))
    return ThisTill(till_id, code, device)


def this_till(shop: Shop, secrets: SecretStore) -> ThisTill | None:
    """The till that this machine is enrolled as, None when it is none or another machine took its place."""
    kept = secrets.get(shop.ask(kept_under, "till", shop))
    if kept is None:
        return None
    known = json.loads(kept)
    code = shop.ask(enrolled_code, known["till"], known["device"])
    return None if code is None else ThisTill(known["till"], code, known["device"])


def leave_till(shop: Shop, secrets: SecretStore, actor: Actor) -> None:
    """This machine is no till any more."""
    known = this_till(shop, secrets)
    if known is not None:
        shop.execute(enrol_till, EnrolTill(known.till_id, None), actor)
    secrets.forget(shop.ask(kept_under, "till", shop))


def enrolled_code(reader: Reader, till_id: int, device: str | None) -> str | None:
    """The till's code if this device secret is the one enrolled, else None."""
    row = reader.connection.execute(
        sa.select(TILLS.c.code, TILLS.c.device_hash).where(TILLS.c.id == till_id, TILLS.c.is_active)
    ).first()
    if row is None or row[1] is None or device is None or not hmac.compare_digest(row[1], token_hash(device)):
        return None
    return str(row[0])


def kept_under(reader: Reader, what: str, shop: Shop) -> str:
    """The name under which this machine's secret store keeps something for this shop."""
    return f"{what}:{shop_settings(reader).shop_uid or shop.database.url.render_as_string(hide_password=True)}"
