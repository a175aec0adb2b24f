"""What the values in a journal are checked to be, as it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

Moment = Annotated[float, Field(ge=0, lt=253402300800)]  # epoch seconds, to the end of the year 9999
Count = Annotated[int, Field(ge=0)]

EXACT = ConfigDict(extra="forbid", allow_inf_nan=False)
