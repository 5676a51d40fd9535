"""The foundation of a mutation study: good mappings, faults put into them, and what brute force finds.

It stands before any search for counterexamples was written, and shares no code with one. It uses
of Segue what a delivery uses: triggers, mappings, field specs, actions. The README says all of it;
``oracle`` defines when a fault counts as detectable.
"""
