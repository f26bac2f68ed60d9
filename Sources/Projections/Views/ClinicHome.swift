package import Domain

/// A clinic, and the organisation it belongs to: what an address that names the clinic alone leads
/// to.
package struct ClinicHome: Hashable, Sendable {
    package let organisation: OrganisationRow
    package let clinic: ClinicRow
}

extension Views {
    /// Where a clinic is; nil: nowhere. Costs one look-up by key for each organisation.
    package func home(of clinic: ID<Clinic>) async throws(ViewError) -> ClinicHome? {
        let clinics = TableSchema(ClinicRow.self, version: Directory.version).name
        return try await shelf.read { database throws(ViewError) in
            var places: [(org: Int64, log: UInt128)] = []
            try database.each(
                """
                SELECT org, log FROM logs WHERE EXISTS \
                (SELECT 1 FROM \(clinics) AS c WHERE c.org = logs.org AND c.clinic = ?)
                """
            ) {
                $0.bind(clinic)
            } _: { statement throws(ViewError) in
                let org = try Cell(statement: statement, index: 0).integer()
                places.append((org, try UInt128.read(from: Cell(statement: statement, index: 1))))
            }
            guard let place = places.first,
                let clinic = try database.row(
                    ClinicRow.self, clinic, org: place.org, version: Directory.version),
                let organisation = try database.row(
                    OrganisationRow.self, ID(bits: place.log), org: place.org,
                    version: Directory.version)
            else { return nil }
            return ClinicHome(organisation: organisation, clinic: clinic)
        }
    }
}
