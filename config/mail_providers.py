"""Providers under whose addresses anybody writes: such a domain says nothing about a company."""

_NAMES = """
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn wo.cn tom.com
    21cn.com gmail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com proton.me protonmail.com
    gmx.com
"""
PUBLIC = frozenset(_NAMES.split())
