namespace Decant.Decoding;

/// <summary>What could have come where a token was written.</summary>
/// <param name="Tokens">The likeliest tokens, likeliest first.</param>
/// <param name="LogProbabilities">Theirs.</param>
/// <param name="Total">The log-probability of the text with the token that did come.</param>
internal readonly record struct RolloutChoice(int[] Tokens, double[] LogProbabilities, double Total);

/// <summary>A text that was written on to see where it leads. It remembers what else could have come, so that other texts can begin as it does without running anything again.</summary>
/// <param name="text">The text; owned.</param>
/// <param name="start">The place (a number of tokens behind the prompt) from which it remembers.</param>
/// <param name="before">The log-probability of what comes before that.</param>
internal sealed class Rollout(Hypothesis text, int start, double before) : IDisposable
{
    private readonly List<RolloutChoice> _choices = [];

    public Hypothesis Text => text;

    /// <summary>Number of tokens.</summary>
    public int Length => text.State.Generated.Length;

    /// <summary>Whether it is known to lead nowhere.</summary>
    public bool IsDead => text.DeadEnd is not null;

    /// <summary>What could have come at a place where a token was written.</summary>
    public RolloutChoice Choice(int place) => _choices[place - start];

    /// <summary>The token at a place.</summary>
    public int Token(int place) => text.State.Generated[place];

    /// <summary>The log-probability of its beginning.</summary>
    public double LogProbability(int length) => length == start ? before : _choices[length - start - 1].Total;

    public void Add(in RolloutChoice choice) => _choices.Add(choice);

    public void Dispose() => text.Dispose();
}
