namespace Decant.Decoding;

/// <summary>One of the drafters of an <see cref="AutoRun"/>.</summary>
/// <param name="name">Its kind.</param>
/// <param name="run">The drafter at work.</param>
/// <param name="sources">What its models read.</param>
internal sealed class AutoDrafter(string name, IDraftRun run, IReadOnlyList<BranchSource> sources)
{
    /// <summary>Its kind.</summary>
    public string Name => name;

    /// <summary>The drafter at work; null once it is not used any more.</summary>
    public IDraftRun? Run { get; private set; } = run;

    /// <summary>How many tokens of a text its models have yet to read; null once it is not used any more.</summary>
    public int? Unread(int position)
    {
        if (Run is null) return null;
        var unread = 0;
        foreach (var source in sources) unread += position - source.Sequence!.Length;
        return unread;
    }

    /// <summary>Uses it no more.</summary>
    public void Drop()
    {
        Run?.Dispose();
        Run = null;
    }
}
