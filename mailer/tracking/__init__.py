"""How opens and clicks are counted: what a letter carries for it, who followed a link, and what is noted.

Letters by SMTP carry our own picture and links; SendGrid puts in its own. Both carry the canary, a link that
no person sees. What is kept of whoever follows one is a number for their program, another for each copy.
"""
