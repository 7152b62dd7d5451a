namespace Decant.Connectors.Text;

/// <summary>The part of a tokenizer that turns one word into ids.</summary>
internal interface ITokenModel
{
    void Encode(string word, List<int> ids);
}
