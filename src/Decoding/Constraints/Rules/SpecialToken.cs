namespace Decant.Decoding;

/// <summary>Reads a special token by its name, as in <c>&lt;|end|&gt;</c>.</summary>
internal static class SpecialToken
{
    public static RuleSyntax Read(SyntaxReader reader, ITokenVocabulary vocabulary)
    {
        var start = reader.Position;
        reader.ReadWhile(c => c is not ('>' or '\n'));
        reader.Read('>', "The special token's name is not closed. Write it as the model does, such as <|end|>.");
        var name = reader.Since(start);
        return vocabulary.Find(name) is { } id && vocabulary.IsSpecial(id)
            ? new RuleSyntax.Token(id)
            : throw reader.Error($"\"{name}\" is not a special token of this model. Write its name as the model does, or a text in quotes.", start);
    }
}
