"""Changes the sample rate of speech."""


def resample(samples: bytes, rate: int, wanted: int) -> bytes:
    """16-bit mono samples at `rate` to the same sound at `wanted` Hz.

    By way of the spectrum, which also cuts what the lower rate cannot hold (espeak-ng speaks at 22,050 Hz).
    """
    import numpy as np  # only where calls are spoken

    if rate == wanted:
        return samples
    sound = np.frombuffer(samples, dtype="<i2").astype(np.float64)
    length = round(len(sound) * wanted / rate)
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]
    changed = np.fft.irfft(spectrum, length) * (length / len(sound))
    return bytes(np.clip(np.rint(changed), -32768, 32767).astype("<i2").tobytes())
