"""Find the right card for a sentence: embeddings and keywords, fused, with an honest "nothing fits".

Start at `library.Library`; `passage` holds the types that callers see.
"""
