using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Decant.Hosting.Server;

/// <summary>Knows whether a request brings one of the keys.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys)
{
    private const string Scheme = "Bearer ";

    // Hashes are equally long, so that the time of a comparison tells nothing of a key, its length included.
    private readonly byte[][] _hashes = [.. keys.Select(Hash)];

    /// <summary>Whether there are any.</summary>
    public bool Any => _hashes.Length > 0;

    /// <exception cref="ApiException">It does not, where there are keys.</exception>
    public void Check(HttpRequest request)
    {
        if (!Any) return;
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new ApiException(StatusCodes.Status401Unauthorized, "This server wants a key: send the header Authorization: Bearer KEY.", code: "missing_api_key");
        var hash = Hash(header[Scheme.Length..].Trim());
        var known = false;
        foreach (var other in _hashes) known |= CryptographicOperations.FixedTimeEquals(hash, other);
        if (!known) throw new ApiException(StatusCodes.Status401Unauthorized, "This key is none of the server's.", code: "invalid_api_key");
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
