namespace Decant.Decoding;

/// <summary>One token of a generation.</summary>
/// <param name="Id">The token's id. The end token is given as well, with <see cref="FinishKind.EndToken"/>.</param>
/// <param name="Finish">Set on the last token of a generation that ran to its end: why it ended. Null on all others.</param>
public readonly record struct GeneratedToken(int Id, FinishKind? Finish = null);
