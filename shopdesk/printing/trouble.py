"""What can be wrong with a printer, as sentences for the person at the till."""

from __future__ import annotations

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_


class PrinterError(ShopError):
    """The paper did not come out; ``may_have_printed`` says whether a part of it may have."""

    code = "printer_trouble"
    sentence = N_("The printer {name} did not print.")

    def __init__(self, name: str, *, may_have_printed: bool = False, reason: str = "") -> None:
        self.may_have_printed = may_have_printed
        super().__init__(name=name, reason=reason)


class PrinterOff(PrinterError):
    """Nothing answers where the printer should be."""

    code = "printer_off"
    sentence = N_("The printer {name} cannot be reached. Is it switched on and connected?")


class PrinterHangs(PrinterError):
    """The printer is there, but takes no more bytes."""

    code = "printer_hangs"
    sentence = N_("The printer {name} does not react. Check its paper, cover and lamps.")


class PrinterDied(PrinterError):
    """The connection broke in the middle."""

    code = "printer_died"
    sentence = N_("The connection to the printer {name} broke in the middle of a print.")


class PrinterOutOfPaper(PrinterError):
    """The printer says that its paper has run out."""

    code = "printer_out_of_paper"
    sentence = N_("The printer {name} is out of paper.")


class PrinterNotReady(PrinterError):
    """The printer says that it is offline: cover open, error, feed button."""

    code = "printer_not_ready"
    sentence = N_("The printer {name} is not ready. Close its cover and look at its lamps.")


class PrinterRefused(PrinterError):
    """The printer's queue, folder or device file refused the print; ``reason`` says why."""

    code = "printer_refused"
    sentence = N_("The printer {name} refused the print: {reason}")

    def __init__(self, name: str, reason: str, *, may_have_printed: bool = False) -> None:
        super().__init__(name, may_have_printed=may_have_printed, reason=reason)


class PrinterUnsupported(PrinterError):
    """This way of printing does not exist on this system."""

    code = "printer_unsupported"
    sentence = N_("The printer {name} cannot be used on this computer: {reason}")

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason=reason)
