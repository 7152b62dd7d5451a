using System.Runtime.CompilerServices;

namespace Decant.Connectors.Training;

/// <summary>Divides examples into those to learn from and those to measure with. The same seed divides them in the same way.</summary>
internal static class HeldOutSplit
{
    /// <param name="part">The part to hold out.</param>
    /// <param name="name">The option that says so.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0 and below 1.</exception>
    public static void Validate(double part, [CallerArgumentExpression(nameof(part))] string name = "")
    {
        if (part is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(name, part, $"{name} must be above 0 and below 1.");
    }

    /// <param name="examples">The examples, in any order.</param>
    /// <param name="part">The part to hold out; at least one example is.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static (List<T> Learned, List<T> HeldOut) Of<T>(IEnumerable<T> examples, double part, int seed)
    {
        T[] shuffled = [.. examples];
        if (shuffled.Length < 2) throw new ArgumentException("Give at least two examples of each kind: one to learn from, one to measure with.", nameof(examples));
        new Random(seed).Shuffle(shuffled);
        var heldOut = Math.Clamp((int)Math.Round(part * shuffled.Length), 1, shuffled.Length - 1);
        return ([.. shuffled[heldOut..]], [.. shuffled[..heldOut]]);
    }

    /// <summary>The same for texts of two kinds, of which both parts get some.</summary>
    public static (List<LabelledText> Learned, List<LabelledText> HeldOut) Of(IReadOnlyList<LabelledText> texts, double part, int seed)
    {
        var (with, without) = (Of(texts.Where(text => text.Label), part, seed), Of(texts.Where(text => !text.Label), part, seed));
        return ([.. with.Learned, .. without.Learned], [.. with.HeldOut, .. without.HeldOut]);
    }
}
