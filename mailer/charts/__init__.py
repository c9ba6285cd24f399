"""Charts as SVG: values in, markup out; colour, print and dark mode are the stylesheet's (desk-charts.css).

Drawn without `viewBox`, x and width in per cent, y and height in pixels: text keeps its size at any width,
and no style attribute is needed, which the desk's Content-Security-Policy would not let pass. People stand
above the line and machines below it, by one scale. What was not measured is hatched, and is never zero.
Whoever cannot see a chart hears its title and what it shows; its page has the figures as a table beside it
(templates/desk/charts.html).
"""
