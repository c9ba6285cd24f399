"""Who signs in to the desk: users, their roles, their second factors and their sessions.

Passwords, codes, passkeys and OpenID Connect are django-allauth's; here is what is ours about them.
Nothing of editions, sends or pages of readers is known here.
"""
