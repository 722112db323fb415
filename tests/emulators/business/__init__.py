"""The systems around sales (ERP, MES, HR, finance) as subscribers of business events. See README.md."""
