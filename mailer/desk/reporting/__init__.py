"""Reports as pages: what became of a send, the letter with its clicks, and a list's sends side by side.

The figures are `mailer.reporting`'s; here they get sentences, charts and tables, and None is "not measured".
"""
