namespace Decant.Connectors.Text;

/// <summary>A tokenizer as tokenizer.json describes it: added tokens, normalizers, pre-tokenizers, model, template.</summary>
internal sealed class PipelineTokenizer(
    TokenTable table, AddedTokens raw, AddedTokens normalised, Normalizers normalizers, PreTokenizers preTokenizers, ITokenModel model, TextTemplate template)
    : TextTokenizer(table)
{
    private readonly AddedTokens _rawPlain = raw.WithoutSpecial();
    private readonly AddedTokens _normalisedPlain = normalised.WithoutSpecial();

    internal override IEnumerable<string> PlainAddedTokens => raw.Plain.Concat(normalised.Plain);

    public override int[] Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3 + 8);
        if (addSpecialTokens) ids.AddRange(template.Before);
        var start = ids.Count;
        foreach (var (part, token) in (parseSpecialTokens ? raw : _rawPlain).Split(text))
        {
            if (token is not null) ids.Add(token.Id);
            else EncodePart(normalizers.Apply(part), parseSpecialTokens, start, ids);
        }

        if (addSpecialTokens) ids.AddRange(template.After);
        return [.. ids];
    }

    private void EncodePart(string text, bool parseSpecialTokens, int start, List<int> ids)
    {
        foreach (var (part, token) in (parseSpecialTokens ? normalised : _normalisedPlain).Split(text))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            foreach (var word in preTokenizers.Split(part, isFirst: ids.Count == start)) model.Encode(word, ids);
        }
    }
}
