"""The use cases of stock by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.inventory import adjust, count_posting, counting, reservations, transfer_arrival, transfers, watch

STOCK: dict[str, Doing] = {
    "adjust_goods": as_it_is(adjust.adjust_goods, adjust.AdjustGoods),
    "set_threshold": as_it_is(watch.set_threshold, watch.SetThreshold),
    "resolve_oversold": as_it_is(watch.resolve_oversold, watch.ResolveOversold),
    "set_aside": as_it_is(reservations.set_aside, reservations.SetAside),
    "hand_over_set_aside": as_it_is(reservations.hand_over_set_aside, reservations.EndSetAside),
    "release_set_aside": as_it_is(reservations.release_set_aside, reservations.EndSetAside),
    "extend_set_aside": as_it_is(reservations.extend_set_aside, reservations.ExtendSetAside),
    "expire_set_aside": as_it_is(reservations.expire_set_aside, reservations.ExpireSetAside),
    "save_transfer": as_it_is(transfers.save_transfer, transfers.SaveTransfer),
    "cancel_transfer": as_it_is(transfers.cancel_transfer, transfers.TransferStep),
    "send_transfer": as_it_is(transfers.send_transfer, transfers.SendTransfer),
    "receive_transfer": as_it_is(transfer_arrival.receive_transfer, transfer_arrival.ReceiveTransfer),
    "start_count": as_it_is(counting.start_count, counting.StartCount),
    "record_count": as_it_is(counting.record_count, counting.RecordCount),
    "undo_scan": as_it_is(counting.undo_scan, counting.UndoScan),
    "count_again": as_it_is(counting.count_again, counting.CountAgain),
    "cancel_count": as_it_is(counting.cancel_count, counting.CancelCount),
    "post_count": as_it_is(count_posting.post_count, count_posting.PostCount),
}
