"""Definitions that tests share."""

PAYMENTS = """\
source: finance_payments
title: 财务 · 回款   # as the colleagues call it
system: finance
owner: E9002
from: {kind: database, url: "${finance_db}", table: payments, cursor: updated_at}
every: 1h
fresh: {by: exported_at, yellow: 24h, red: 48h}
key: receipt_no
to: payment
rates: {USD: 7.12}
fields:
  id: receipt_no
  contract_id: contract_no
  amount: {from: amount_cny, unit: 万元, currency: {from: currency}}
  kind: {from: kind, words: {退款: refund}}
  paid: {from: paid_date, format: "%Y/%m/%d"}
"""
