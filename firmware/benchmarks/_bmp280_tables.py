"""The figures of the BMP280 benchmark as tables for the terminal."""

from _bmp280_others import BARE_CYCLES, DRIVERS
from rich.table import Table

CYCLES_PER_US = 125


def cost_table(figures):
    table = Table(title="One reading of pressure and temperature, 400 kHz I2C")
    for heading in ("", "cycles", "above bare", "µs", "heap B", "worked example Pa", "worst error Pa"):
        table.add_column(heading, justify="left" if not heading else "right")
    row = next(row for row in figures["cycles"] if row["frequency_hz"] == 400_000)
    worst = max(row["largest_pa"] for row in figures["errors"].values())
    ours = figures["golden"]["datasheet 3.12"]["pascal"]
    table.add_row(
        "bare burst of 6 bytes", f"{row['bare']:,.0f}", "", f"{row['bare'] / CYCLES_PER_US:.0f}", "0"
    )
    table.add_row(
        "ours",
        f"{row['reading']:,.0f}",
        f"{row['reading'] - row['bare']:,.0f}",
        f"{row['reading'] / CYCLES_PER_US:.0f}",
        str(figures["heap"]["heap_bytes"]),
        f"{ours:.3f}",
        f"{worst:.4f}",
        style="bold",
    )
    table.add_section()
    for other in DRIVERS:
        table.add_row(
            f"{other.name} {other.commit}",
            f"{other.cycles:,}",
            f"{other.cycles - BARE_CYCLES:,}",
            f"{other.cycles / CYCLES_PER_US:.0f}",
            str(other.heap_bytes),
            f"{other.golden_pa:.3f}",
            f"{other.worst_error_pa:g}",
        )
    table.caption = (
        f"Others: a record of the same chip and image, where the bare burst took {BARE_CYCLES:,} cycles."
    )
    return table


def bus_table(figures):
    table = Table(title="Our reading by bus speed")
    for heading in ("kHz", "bare", "reading", "above bare"):
        table.add_column(heading, justify="right")
    for row in figures["cycles"]:
        values = (row["bare"], row["reading"], row["reading"] - row["bare"])
        table.add_row(f"{row['frequency_hz'] / 1000:.0f}", *(f"{value:,.0f}" for value in values))
    return table


def error_table(figures):
    table = Table(title="Difference to the double formula, 300..1100 hPa, -10..60 °C")
    for heading in ("trimming values", "largest Pa", "rms Pa", "largest °C"):
        table.add_column(heading, justify="left" if heading.startswith("trim") else "right")
    for name, row in figures["errors"].items():
        table.add_row(name, f"{row['largest_pa']:.4f}", f"{row['rms_pa']:.4f}", f"{row['largest_c']:.6f}")
    return table


def golden_table(figures):
    table = Table(title="Published vectors")
    for heading in ("vector", "°C", "off by °C", "Pa", "off by Pa"):
        table.add_column(heading, justify="left" if heading == "vector" else "right")
    for name, row in figures["golden"].items():
        pascal = ("", "") if row["pascal"] is None else (f"{row['pascal']:.4f}", f"{row['error_pa']:+.4f}")
        table.add_row(name, f"{row['celsius']:.6f}", f"{row['error_c']:+.6f}", *pascal)
    return table


TABLES = (cost_table, bus_table, error_table, golden_table)
