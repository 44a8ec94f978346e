"""What notebooks show."""

import html

MOST = 200


def table(frame):
    """The first rows of a pyarrow table; how many are left out is said."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in frame.column_names)
    rows = (
        "<tr>" + "".join(f"<td>{html.escape(_cell(value))}</td>" for value in row.values()) + "</tr>"
        for row in frame.slice(0, MOST).to_pylist()
    )
    left_out = frame.num_rows - MOST
    more = f"<p>{left_out} rows more</p>" if left_out > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"


def _cell(value):
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def page(document, height=800):
    """A whole page within a notebook."""
    return f'<iframe srcdoc="{html.escape(document)}" style="width:100%;height:{height}px;border:0"></iframe>'
