"""Addresses that strangers wrote, asked without harm: to this machine, to its network, or to theirs.

An address becomes a target (`targets`), its host is looked up once (`names`), each answer is checked
(`networks`), and the very address that was checked is connected to (`wire`). A redirect is a new address,
which goes the same way (`fetcher`). Many are asked side by side, few of a host (`asking`), and what they
said is remembered for a while (`remembered`).
"""
