using System.Globalization;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>A measured share or mean.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure: a share of 0 … 1 where <paramref name="IsShare"/>.</param>
/// <param name="Count">Number of cases.</param>
/// <param name="AtLeast">The target's lower end, or null when nothing is aimed at.</param>
/// <param name="AtMost">The target's upper end, or null.</param>
/// <param name="IsShare">Whether it is printed in percent.</param>
internal sealed record Figure(string Name, double Value, int Count, double? AtLeast = null, double? AtMost = null, bool IsShare = true)
{
    /// <summary>Whether the target is met; null when there is none.</summary>
    public bool? IsMet => AtLeast is null && AtMost is null ? null : Value >= (AtLeast ?? double.MinValue) && Value <= (AtMost ?? double.MaxValue);

    /// <summary>The value for people.</summary>
    public string ValueText => IsShare ? Percent(Value) : Value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The target for people, empty when there is none.</summary>
    public string TargetText => (AtLeast, AtMost) switch
    {
        (null, null) => "",
        ({ } least, null) => $"≥ {Percent(least)}",
        (null, { } most) => $"≤ {Percent(most)}",
        ({ } least, { } most) => $"{Percent(least)} … {Percent(most)}",
    };

    private static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
