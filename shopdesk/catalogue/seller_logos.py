"""A seller's logo: cleaned like every picture and stored once by checksum (S27)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.pictures import CleanPicture, store_blob
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.parties.models import Seller
from shopdesk.system.records import audit_office


@dataclass(frozen=True, slots=True)
class SetSellerLogo:
    """A seller's logo, None for none; clean it before, outside of any transaction."""

    seller_id: int
    picture: CleanPicture | None


def set_seller_logo(uow: UnitOfWork, command: SetSellerLogo) -> None:
    """Give a seller a logo or take it away; raises NotFound."""
    uow.require(Permission.CATALOGUE_EDIT)
    blob_id = store_blob(uow, command.picture.content) if command.picture is not None else None
    changed = uow.connection.execute(
        sa.update(Seller)
        .where(Seller.id == command.seller_id)
        .values(
            logo_blob_id=blob_id,
            version=Seller.version + 1,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
        )
    )
    if not changed.rowcount:
        raise NotFound(_("Seller"), command.seller_id)
    audit_office(
        uow,
        "seller.logo",
        target_type="seller",
        target_id=str(command.seller_id),
        details={"logo": blob_id is not None},
    )
    uow.changed("Seller")
