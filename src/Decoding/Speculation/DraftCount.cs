namespace Decant.Decoding;

/// <summary>Tokens of one drafter.</summary>
/// <param name="Drafted">Tokens it drafted, those of all branches.</param>
/// <param name="Accepted">Those that became text.</param>
public readonly record struct DraftCount(int Drafted, int Accepted);
