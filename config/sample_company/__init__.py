"""The fictional company 锐泽智能装备: a seeded generator of the files its systems would export."""
