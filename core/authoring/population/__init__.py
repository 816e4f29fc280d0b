"""Populations: many characters from a sentence such as `40 villagers, half over 60, one healer`.

`words` reads the sentence into a `plan` of quotas; `slots` and `trait_dealing` turn the plan into one partial
assignment a character, with exact counts (`apportion`); `writers` fill each slot on a shared board; `rules` find what
does not fit and whose it is; `gate` refuses near-duplicates; `run` does it all, and can be cancelled and resumed from
its `run_state`; `renaming` gives other names to those whose names are taken by then.

Sources: HACHIMI (quotas, propose-validate-revise, SimHash gate), TinyTroupe's factory (sampling in code), SPASM.
"""
