namespace Decant.Samples.TrainTiny.World;

/// <summary>What belongs to training and what to evaluation, decided by the text itself: no list has to be kept, and nothing can be on both sides.</summary>
internal static class Split
{
    /// <summary>Whether names, numbers, tools and phrasings with this text are kept from training. About one in <paramref name="oneIn"/> is.</summary>
    public static bool IsHeldOut(string text, int oneIn = 5) => Hash(text) % (uint)oneIn == 0;

    /// <summary>FNV-1a with a final mix: the same on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
    public static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text) hash = (hash ^ c) * 16777619u;
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        return hash ^ (hash >> 13);
    }
}
