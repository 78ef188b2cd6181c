"""What is said to a writer whose data cannot be shown as they were meant, by the kind of the Trouble."""


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is said (web/wording.py)."""
    return sentence


TROUBLES = {
    "block": N_(
        "The block “{name}” cannot be shown, because its plugin failed. Readers see what stands in it."
    ),
    "chart_kind": N_(
        "This is no chart yet: write bar, line, dot or stacked behind the word “chart”."
        " Until then readers see a table."
    ),
    "chart_many": N_(
        "A text can have {most} charts, and this one has more. Leave some out, or make two texts of it."
        " Until then readers see tables in place of the others."
    ),
    "chart_one_column": N_(
        "A chart needs a second column, with numbers in it. Until then readers see a table."
    ),
    "chart_number": N_(
        "Line {line} has “{cell}” under “{column}”, where a number belongs. Write a number there, or leave"
        " the cell empty. Until then readers see a table."
    ),
    "chart_rows": N_(
        "These are {found} rows, and such a chart can show {most}. Leave some out, or add them up."
        " Until then readers see a table."
    ),
    "chart_series": N_(
        "These are {found} columns of numbers, and a chart can show {most}. Make two charts of them."
        " Until then readers see a table."
    ),
    "chart_small": N_(
        "These numbers lie too close to zero for an axis. Write them in a smaller unit."
        " Until then readers see a table."
    ),
    "chart_values": N_(
        "The charts of a text can show {most} numbers together, and here are more. Leave some out, or make"
        " two texts of it. Until then readers see tables in place of the others."
    ),
    "data_empty": N_(
        "There are no data yet. Write the headings in the first line, and below it a line for each row, with"
        " commas between the cells."
    ),
    "data_uneven": N_(
        "Line {line} has {found} cells, and the first line has {wanted} headings. Take a comma away, or put"
        " the cell with the comma in quotation marks. Until then readers see the data as code."
    ),
    "data_unreadable": N_(
        "Line {line} cannot be read as CSV: look for a quotation mark that is not closed."
        " Until then readers see the data as code."
    ),
    "data_too_large": N_(
        "A table can have {most} cells, and this one has more. Leave some out, or offer the file as a"
        " download. Until then readers see the data as code."
    ),
}
