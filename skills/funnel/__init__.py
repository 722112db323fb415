"""From leads to money: conversion, benchmarks, rejected leads, why a rate changed, what to change (B7–B11, B15)."""
