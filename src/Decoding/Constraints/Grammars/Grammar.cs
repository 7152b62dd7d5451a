namespace Decant.Decoding;

/// <summary>
/// Rules as networks of states (recursive transition networks): in a state of a rule, an arc is a terminal, a token or a whole rule, and leads to the rule's next state. Immutable but for its
/// pool of regular languages; see <see cref="GrammarBuilder"/>.
/// </summary>
/// <param name="Pool">Where the terminals' languages come from.</param>
/// <param name="Derivatives">Reads them.</param>
/// <param name="Terminals">The terminals' languages; none has the empty text.</param>
/// <param name="Starts">The first state of each rule.</param>
/// <param name="Root">The rule of the whole text.</param>
/// <param name="States">All rules' states. No rule has to be read as nothing: where one can be, the arcs that come after it are arcs already.</param>
internal sealed record Grammar(RegexPool Pool, RegexDerivatives Derivatives, IReadOnlyList<ByteRegex> Terminals, IReadOnlyList<int> Starts, int Root, IReadOnlyList<RuleState> States)
{
    /// <summary>Whether the empty text is one of its texts.</summary>
    public bool AllowsNothing => States[Starts[Root]].IsFinal;
}

/// <summary>A state of a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IsFinal">Whether the rule may end here.</param>
/// <param name="Arcs">What may come next.</param>
internal sealed record RuleState(int Rule, bool IsFinal, IReadOnlyList<RuleArc> Arcs);

/// <summary>What may come next in a rule.</summary>
/// <param name="Kind"><see cref="ExpressionKind.Terminal"/>, <see cref="ExpressionKind.Token"/> or <see cref="ExpressionKind.Rule"/>.</param>
/// <param name="Symbol">Which.</param>
/// <param name="Target">The state behind it.</param>
internal readonly record struct RuleArc(ExpressionKind Kind, int Symbol, int Target);
